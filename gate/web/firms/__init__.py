"""Staff's pages about firms: applications, and the clearances of what firms filed."""
